"""The register of a district (登记簿): set up and brought in line with a file."""
