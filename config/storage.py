"""Where uploaded files are kept: a folder of this machine, or a bucket that speaks S3 when S3_BUCKET is set.

In both, files are private: the portal streams them through views that check who asks, and never gives their address.
"""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import SimpleNamespace

from django.core.files.storage import FileSystemStorage

MEGABYTE = 1024 * 1024  # bytes


def file_storage(env) -> dict:
    """The entry of STORAGES for uploaded files.

    Args:
        env: an `environ.Env`, that holds the S3_… variables explained in .env.example.
    """
    if not env("S3_BUCKET", default=""):
        return {"BACKEND": "config.storage.CarefulFileSystemStorage"}
    endpoint_url = env("S3_ENDPOINT_URL", default="") or None
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env("S3_BUCKET"),
            "endpoint_url": endpoint_url,
            "region_name": env("S3_REGION", default="") or None,
            "access_key": env("S3_ACCESS_KEY", default="") or None,
            "secret_key": env("S3_SECRET_KEY", default="") or None,
            "location": env("S3_PREFIX", default=""),
            "default_acl": env("S3_ACL", default="private") or None,
            "file_overwrite": False,
            "max_memory_size": MEGABYTE,  # of one file being read; beyond, a temporary file
        }
        | transfer_options("path" if endpoint_url else "virtual"),
    }


def transfer_options(addressing_style: str) -> dict:
    """How to speak to the bucket: what every S3 server understands, patience and memory bounded."""
    from boto3.s3.transfer import TransferConfig  # where S3 is not used, its library is not loaded
    from botocore.config import Config

    return {
        "client_config": Config(
            signature_version="s3v4",
            s3={"addressing_style": addressing_style},
            # Servers other than Amazon’s refuse the checksums that the library adds by itself.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            connect_timeout=5,  # seconds
            read_timeout=30,
            retries={"mode": "standard", "total_max_attempts": 3},
        ),
        "transfer_config": TransferConfig(max_concurrency=2),  # parts of 8 MB in memory at once
    }


class CarefulFileSystemStorage(FileSystemStorage):
    """Files of this machine, which appear whole under their name or not at all.

    Django writes under the final name, and leaves there what a full disk or a cut let it write.
    """

    def _save(self, name, content):
        folder = Path(self.path(name)).parent
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder, prefix=".", suffix=".part", delete=False) as part:
            try:
                for chunk in content.chunks():
                    part.write(chunk)
                part.flush()
                os.fsync(part.fileno())
                return super()._save(name, SimpleNamespace(temporary_file_path=lambda: part.name))
            except BaseException:
                Path(part.name).unlink(missing_ok=True)
                raise
