"""Uploaded files in a bucket of a real S3 server, which checks keys and signatures."""

import json

import boto3
import environ
import pytest
import requests
from botocore.exceptions import ClientError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import FileResponse
from moto.server import ThreadedMotoServer

from config.health import storage_is_writable
from config.storage import file_storage

BUCKET, REGION = "pieces-du-portail", "eu-west-3"
PIECE = bytes(range(256)) * 40_000  # 10 MB: sent in several parts


def storage_with(**variables) -> dict:
    """What the settings make of these environment variables."""
    env = environ.Env()
    env.ENVIRON = variables
    return file_storage(env)


@pytest.fixture(scope="module")
def server():
    """The address of an S3 server with an empty bucket, and a key that opens it and nothing else."""
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    address = "http://{}:{}".format(*moto.get_host_and_port())
    root = {"endpoint_url": address, "aws_access_key_id": "root", "aws_secret_access_key": "root"}
    place = {"LocationConstraint": REGION}
    boto3.client("s3", **root, region_name=REGION).create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place)
    iam = boto3.client("iam", **root, region_name=REGION)
    iam.create_user(UserName="portal")
    policy = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
    iam.put_user_policy(UserName="portal", PolicyName="bucket", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName="portal")["AccessKey"]
    requests.post(f"{address}/moto-api/reset-auth", data="0", timeout=10)  # from now on, every request is checked
    yield address, key["AccessKeyId"], key["SecretAccessKey"]
    moto.stop()


@pytest.fixture
def use_bucket(server, settings):
    """Keep files in the bucket, as the settings do with these environment variables."""

    def use(**variables):
        address, key, secret = server
        usual = {"S3_BUCKET": BUCKET, "S3_ENDPOINT_URL": address, "S3_REGION": REGION}
        keys = {"S3_ACCESS_KEY": key, "S3_SECRET_KEY": secret}
        settings.STORAGES = settings.STORAGES | {"default": storage_with(**usual | keys | variables)}

    use()
    return use


def client_of(server):
    address, key, secret = server
    return boto3.client(
        "s3", endpoint_url=address, region_name=REGION, aws_access_key_id=key, aws_secret_access_key=secret
    )


def content_of(name: str) -> bytes:
    with default_storage.open(name) as file:
        return file.read()


def test_a_file_is_saved_and_read_back_in_pieces(use_bucket):
    with TemporaryUploadedFile("acte.pdf", "application/pdf", len(PIECE), None) as upload:
        upload.write(PIECE)

        name = default_storage.save("pieces/1/abc", upload)

    with default_storage.open(name) as saved:
        chunks = list(saved.chunks(64 * 1024))
    assert (name, default_storage.size(name)) == ("pieces/1/abc", len(PIECE))
    assert (b"".join(chunks), len(chunks[0])) == (PIECE, 64 * 1024)


def test_a_file_is_streamed_to_whoever_the_portal_lets_read_it(use_bucket):
    name = default_storage.save("pieces/7/abc", ContentFile(PIECE))

    response = FileResponse(default_storage.open(name), as_attachment=True, filename="acte.pdf")

    assert b"".join(response.streaming_content) == PIECE
    assert response["Content-Length"] == str(len(PIECE))
    response.close()


def test_two_files_of_the_same_name_are_both_kept(use_bucket):
    names = [default_storage.save("pieces/2/acte", ContentFile(content)) for content in (b"first", b"second")]

    assert [content_of(name) for name in names] == [b"first", b"second"]


def test_a_deleted_file_exists_no_more(use_bucket):
    name = default_storage.save("pieces/3/acte", ContentFile(b"a deliberation"))
    assert default_storage.exists(name)

    default_storage.delete(name)

    assert not default_storage.exists(name)
    with pytest.raises(FileNotFoundError):
        default_storage.open(name)


def test_a_file_is_private_and_nobody_reads_it_without_a_key(use_bucket, server):
    name = default_storage.save("pieces/4/acte", ContentFile(b"a deliberation"))

    grants = client_of(server).get_object_acl(Bucket=BUCKET, Key=name)["Grants"]
    assert [(grant["Grantee"]["Type"], grant["Permission"]) for grant in grants] == [("CanonicalUser", "FULL_CONTROL")]
    assert requests.get(f"{server[0]}/{BUCKET}/{name}", timeout=10).status_code == 403


def test_a_shared_bucket_keeps_the_files_in_a_folder(use_bucket, server):
    use_bucket(S3_PREFIX="portail")

    name = default_storage.save("pieces/5/acte", ContentFile(b"a deliberation"))

    assert name == "pieces/5/acte"
    assert client_of(server).get_object(Bucket=BUCKET, Key="portail/pieces/5/acte")["ContentLength"] == 14


def test_a_bucket_that_takes_files_is_in_good_health(use_bucket, server):
    assert storage_is_writable()
    assert "Contents" not in client_of(server).list_objects_v2(Bucket=BUCKET, Prefix="sante")


@pytest.mark.parametrize(
    "wrong",
    [
        {"S3_ACCESS_KEY": "AKIAIOSFODNN7EXAMPLE"},
        {"S3_SECRET_KEY": "not-the-secret"},
        {"S3_BUCKET": "another-bucket"},
        {"S3_ENDPOINT_URL": "http://127.0.0.1:1"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_bucket_that_does_not_open_is_told_by_the_health_page(use_bucket, wrong):
    use_bucket(**wrong)

    assert not storage_is_writable()


def test_a_wrong_key_saves_nothing(use_bucket, server):
    use_bucket(S3_SECRET_KEY="not-the-secret")

    with pytest.raises(ClientError):
        default_storage.save("pieces/6/acte", ContentFile(b"a deliberation"))
    assert "Contents" not in client_of(server).list_objects_v2(Bucket=BUCKET, Prefix="pieces/6")


@pytest.mark.parametrize(
    ("variables", "style"), [({"S3_ENDPOINT_URL": "https://s3.example.fr"}, "path"), ({"S3_REGION": REGION}, "virtual")]
)
def test_the_bucket_is_in_the_path_of_servers_other_than_amazons(variables, style):
    client = storage_with(S3_BUCKET=BUCKET, **variables)["OPTIONS"]["client_config"]

    assert (client.s3["addressing_style"], client.signature_version) == (style, "s3v4")


@pytest.mark.parametrize(("rule", "sent"), [({}, "private"), ({"S3_ACL": ""}, None)])
def test_no_access_rule_is_sent_to_a_bucket_that_refuses_them(rule, sent):
    assert storage_with(S3_BUCKET=BUCKET, **rule)["OPTIONS"]["default_acl"] == sent
