"""What goes out: signed webhooks for partners and messages for buyers, logged and retried."""
