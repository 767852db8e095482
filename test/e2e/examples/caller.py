"""Calls an AI service with a pairing code in place of an API key. Usage: caller.py URL CODE"""
import json
import sys

import requests

url, code = sys.argv[1], sys.argv[2]
answer = requests.post(
    url, headers={"Authorization": f"Bearer {code}"}, json={"messages": [{"role": "user", "content": "hi"}]}, timeout=10
)
if answer.status_code == 503:
    note = "the service cannot check the code now: keep it, try again"
elif answer.status_code in (400, 401):
    note = "the code is no good: get another one"
elif answer.status_code == 403:
    note = "the code is good, but not for this"
else:
    note = ""
print(json.dumps({
    "status": answer.status_code,
    "challenge": answer.headers.get("WWW-Authenticate", ""),
    "retryAfter": answer.headers.get("Retry-After", ""),
    "note": note,
}))
