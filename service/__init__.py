"""The test-zone registry: domain <- usecases <- adapters, with wire and api beside them."""
