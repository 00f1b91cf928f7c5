"""A stand-in for the Omnimetic API, served over real HTTP; it imports nothing of the product."""
