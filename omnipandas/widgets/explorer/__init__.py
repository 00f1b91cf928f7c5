"""An account looked at from all sides: pickers to figures."""
