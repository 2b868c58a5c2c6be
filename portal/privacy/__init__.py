"""What the law asks of who keeps personal data: notices, requests of customers, holds, retention, the register of processing, keys."""
