"""What instruments see: mass spectra first."""
