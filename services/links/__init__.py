"""Links of orders (指令书二维码): made and ended by officers, used by an enterprise without an account."""
