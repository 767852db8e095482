"""Asks a validator whether a code may be used. Usage: validate.py ADDRESS TOKEN CODE ACTION, in a folder with protos."""
import json
import os
import sys
import tempfile

import grpc
from grpc_tools import protoc

address, token, code, action = sys.argv[1:5]
protos = os.environ["PROTOS"]
generated = tempfile.mkdtemp()
proto = "openclaw/validator/v1/validator.proto"
# Once, at build time, in a real application.
well_known = os.path.join(os.path.dirname(protoc.__file__), "_proto")
if protoc.main(["protoc", f"-I{protos}", f"-I{well_known}", f"--python_out={generated}", f"--grpc_python_out={generated}", proto]):
    sys.exit("the proto cannot be compiled")
sys.path.insert(0, generated)
from openclaw.validator.v1 import validator_pb2, validator_pb2_grpc  # noqa: E402

with grpc.insecure_channel(address) as channel:
    stub = validator_pb2_grpc.ValidatorServiceStub(channel)
    request = validator_pb2.ValidateRequest(
        code=code, service="openai", resource="gpt-4o", action=action, source_ip="10.1.2.3"
    )
    try:
        decision = stub.Validate(request, timeout=5, metadata=[("authorization", f"Bearer {token}")]).decision
        reason = validator_pb2.DenialReason.Name(decision.reason)
        print(json.dumps({"allowed": decision.allowed, "reason": reason, "codeId": decision.code_id}))
    except grpc.RpcError as error:  # not a bad code: the validator or this caller is at fault
        print(json.dumps({"error": error.code().name}))
