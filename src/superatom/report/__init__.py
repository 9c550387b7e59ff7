"""Show it: dossiers and figures made of what the other rooms find out."""
