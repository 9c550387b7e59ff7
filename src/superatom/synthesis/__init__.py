"""How is it made? Transformations, routes, recipes, kinetics."""
