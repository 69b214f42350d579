"""The tests with an object store are collected only where one is given."""

import os

collect_ignore = [] if os.environ.get("RASTRO_TEST_S3") else ["test_s3.py"]
