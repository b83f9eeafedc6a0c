"""Decodes a RAP 1.5 file with pycrate and prints what it says as JSON.

    python3 pycrate_rap.py FILE
"""

import json
import os
import sys

if os.environ.get("GESIM_PYCRATE"):
    sys.path.insert(0, os.environ["GESIM_PYCRATE"])

from pycrate_asn1dir.TAP3 import RAP_0105


def text(value):
    return value.decode("ascii") if isinstance(value, bytes) else value


def details(errors):
    return [
        {
            "code": error["errorCode"],
            "offset": error.get("itemOffset"),
            "context": [
                [step["pathItemId"], step.get("itemOccurrence"), step["itemLevel"]]
                for step in error.get("errorContext", [])
            ],
        }
        for error in errors
    ]


def one(kind, value):
    notes = [text(note) for note in value.get("operatorSpecList", [])]
    if kind == "missingReturn":
        return {"kind": kind, "start": text(value["startMissingSeqNumber"]),
                "end": text(value.get("endMissingSeqNumber")), "notes": notes}
    if kind == "severeReturn":
        return {"kind": kind, "sequence": text(value["fileSequenceNumber"]), "event": value["callEventDetail"][0],
                "details": details(value["errorDetail"]), "notes": notes}
    groups = {name: details(group["errorDetail"]) for name, group in value.items()
              if isinstance(group, dict) and "errorDetail" in group}
    return {"kind": kind, "sequence": text(value["fileSequenceNumber"]), "groups": groups, "notes": notes}


def main():
    root = RAP_0105.RapDataInterChange
    with open(sys.argv[1], "rb") as file:
        root.from_ber(file.read())
    kind, value = root.get_val()
    if kind == "acknowledgement":
        found = {key: text(value[key]) for key in ("sender", "recipient", "rapFileSequenceNumber")}
        print(json.dumps({"kind": kind, **found}))
        return
    control, audit = value["rapBatchControlInfoRap"], value["rapAuditControlInfo"]
    print(json.dumps({
        "kind": kind,
        "sender": text(control["sender"]),
        "recipient": text(control["recipient"]),
        "rapFileSequenceNumber": text(control["rapFileSequenceNumber"]),
        "value": audit["totalSevereReturnValue"],
        "tax": audit.get("totalSevereReturnTax"),
        "count": audit["returnDetailsCount"],
        "returns": [one(*item) for item in value["returnDetails"]],
    }))


main()
