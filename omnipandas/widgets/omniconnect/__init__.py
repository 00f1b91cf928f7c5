"""Link an account: the vendor's OmniConnect in a notebook."""
