"""The rehearsal (预演): a copy of a case on the production workflow, with skipped time and answers as assumed."""
