"""What Authlib makes of our endpoints. Usage: oauth_client.py ISSUER NAME SERVICE_TOKEN CODE"""
import json
import os
import sys
import time

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata, get_well_known_url

issuer, name, service_token, code = sys.argv[1:]
described = requests.get(get_well_known_url(issuer, external=True), timeout=10).json()
metadata = AuthorizationServerMetadata({**described, "issuer": "https://issuer.example"})
problems = []
for member in metadata.REGISTRY_KEYS:
    try:
        getattr(metadata, f"validate_{member}")()
    except ValueError as error:
        problems.append(str(error))

session = OAuth2Session(name, service_token)
introspect = lambda: session.introspect_token(described["introspection_endpoint"], token=code)
before = introspect().json()
revoked = session.revoke_token(described["revocation_endpoint"], token=code).status_code
give_up = time.monotonic() + 10
after = introspect().json()
while after["active"] and time.monotonic() < give_up:
    after = introspect().json()
print(json.dumps({"problems": problems, "before": before, "revoked": revoked, "after": after}))
