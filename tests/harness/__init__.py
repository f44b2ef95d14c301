"""What the tests share: starting services, speaking to them byte by byte, waiting for things."""
