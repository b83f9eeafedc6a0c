"""Decodes a TAP 3.12 file with pycrate and prints what the throughput example prints, for comparison.

    python3 pycrate_tap.py FILE [--events]

pycrate holds the whole file and its values in memory: give it some ten thousand call events, not a million.
`--events` adds what each call event is and is charged: kind, charge, tax, discount, refund, and its volume or
duration.
"""

import json
import os
import sys
import time

if os.environ.get("GESIM_PYCRATE"):
    sys.path.insert(0, os.environ["GESIM_PYCRATE"])

from pycrate_asn1dir.TAP3 import TAP_0312


def walk(value, inside=""):
    """All (name, parent, value) of a decoded value, lists and choices included, in the file's order."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield name, inside, member
            yield from walk(member, name)
    elif isinstance(value, list):
        for member in value:
            yield from walk(member, inside)
    elif isinstance(value, tuple):
        name, member = value
        yield name, inside, member
        yield from walk(member, name)


def charges(details, discounts):
    """Charge, tax and discount of whatever holds charge details."""
    charge = tax = discount = 0
    for name, inside, value in walk(details):
        if name == "chargeDetailList":
            charge += sum(detail["charge"] for detail in value if detail["chargeType"] == b"00")
        elif name == "camelInvocationFee" or (name == "charge" and inside == ""):
            charge += value
        elif name == "taxValue":
            tax += value
        elif name == "discountCode":
            discount += discounts.get(value, 0)
        elif name == "discount":
            discount += value
    return charge, tax, discount


def event(detail, discounts):
    kind, value = detail
    if kind == "contentTransaction":
        used = value["contentServiceUsed"]
        billed = [one for one in used if one.get("chargeRefundIndicator") != 1]
        refunded = [one for one in used if one.get("chargeRefundIndicator") == 1]
        charge, tax, discount = charges(billed, discounts)
        refund = charges(refunded, discounts)[0]
    else:
        (charge, tax, discount), refund = charges(value, discounts), 0
    amount = 0
    for name, inside, member in walk(value):
        if kind == "gprsCall" and name in ("dataVolumeIncoming", "dataVolumeOutgoing"):
            amount += member
        elif kind != "gprsCall" and name in ("totalCallEventDuration", "totalTransactionDuration"):
            amount = member
    return [kind, charge, tax, discount, refund, amount]


def peak_resident():
    try:
        with open("/proc/self/status") as status:
            return next((int(line.split()[1]) for line in status if line.startswith("VmHWM:")), None)
    except OSError:
        return None


def main():
    path, options = sys.argv[1], sys.argv[2:]
    begin = time.monotonic()
    with open(path, "rb") as file:
        octets = file.read()
    interchange = TAP_0312.DataInterChange
    interchange.from_ber(octets)
    kind, batch = interchange.get_val()
    if kind != "transferBatch":
        sys.exit(f"{path} is a {kind}")
    table = batch.get("accountingInfo", {}).get("discounting", [])
    fixed = [(entry["discountCode"], entry["discountApplied"]) for entry in table]
    discounts = {code: value for code, (name, value) in fixed if name == "fixedDiscountValue"}
    events = [event(detail, discounts) for detail in batch["callEventDetails"]]
    seconds = time.monotonic() - begin
    audit = batch["auditControlInfo"]
    result = {
        "reader": "pycrate",
        "records": len(events),
        "charge": str(sum(one[1] for one in events)),
        "octets": len(octets),
        "seconds": seconds,
        "megabytesPerMinute": len(octets) / 1e6 / seconds * 60.0,
        "peakResidentKilobytes": peak_resident(),
    }
    if "--events" in options:
        result["events"] = events
        result["stated"] = [audit["callEventDetailsCount"], audit["totalCharge"], audit["totalTaxValue"]]
    print(json.dumps(result))


main()
