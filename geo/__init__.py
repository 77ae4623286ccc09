"""keniki: where service areas do not line up."""
