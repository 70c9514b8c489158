"""Enterprises' own checks (自查自改自报): checklist, findings and their small loop, the quarterly double report."""
