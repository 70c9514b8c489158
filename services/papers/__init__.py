"""Papers (文书) of cases: what each says, writing them down, showing and checking them."""
