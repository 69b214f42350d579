"""The demo data, a simulated fleet, and recorded data that is sent again."""
