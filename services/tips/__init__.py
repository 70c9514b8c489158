"""Tips of the public (群众举报): received without an account, taken up as cases or closed with a reason."""
