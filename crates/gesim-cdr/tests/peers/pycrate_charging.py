"""Decodes a file of charging data records by pycrate and prints what it holds, one JSON line a record.

Usage: pycrate_charging.py FILE; PYTHONPATH names the folder that pycrate is installed in. Records of the charging
function are not in pycrate: their elements are read here, by tag and length alone.
"""

import json
import struct
import sys

from pycrate_asn1dir import CDR

GPRS = CDR.GPRSChargingDataTypes.GPRSRecord


def digits(octets):
    """Low half of an octet first, filled with f."""
    return "".join(f"{octet & 15:x}{octet >> 4:x}" for octet in octets).rstrip("f")


def time(octets):
    head = octets[:6].hex()
    return f"20{head[:2]}-{head[2:4]}-{head[4:6]}T{head[6:8]}:{head[8:10]}:{head[10:12]}" + (
        f"{chr(octets[6])}{octets[7]:02x}:{octets[8]:02x}"
    )


def elements(data):
    at = 0
    while at < len(data):
        tag, at = data[at] & 31, at + 1
        if tag == 31:
            tag = 0
            while True:
                tag, at = tag << 7 | data[at] & 127, at + 1
                if data[at - 1] < 128:
                    break
        length, at = data[at], at + 1
        if length > 128:
            count = length & 127
            length, at = int.from_bytes(data[at : at + count], "big"), at + count
        yield tag, data[at : at + length]
        at += length


def number(octets):
    return int.from_bytes(octets, "big", signed=True)


def charging_function(data):
    [(_, body)] = elements(data)
    members = dict(elements(body))
    record = {"imsi": dict(elements(members[2]))[1].decode(), "start": time(members[6])}
    record["duration"] = number(members[7])
    if 13 in members:
        containers = [dict(elements(item)) for _, item in elements(dict(elements(members[14]))[0])]
        return record | {"lane": "data", "units": sum(number(c[4]) + number(c[5]) for c in containers)}
    if 15 in members:
        kind = number(dict(elements(members[15]))[21])
        return record | {"lane": ["sms-mo", "sms-mt"][kind], "units": 1}
    role = number(dict(elements(members[28]))[2])
    units = [dict(elements(item)) for _, item in elements(members[5])]
    containers = [dict(elements(item)) for unit in units for _, item in elements(unit[1])]
    return record | {"lane": ["voice-mo", "voice-mt"][role], "units": sum(number(c[1]) for c in containers)}


def packet_switched(data):
    GPRS.from_ber(data)
    _, value = GPRS.get_val()
    if "listOfTrafficVolumes" in value:
        items = value["listOfTrafficVolumes"]
        units = sum(item["dataVolumeGPRSUplink"] + item["dataVolumeGPRSDownlink"] for item in items)
    else:
        items = value["listOfServiceData"]
        units = sum(item["datavolumeFBCUplink"] + item["datavolumeFBCDownlink"] for item in items)
    return {
        "imsi": digits(value["servedIMSI"]),
        "start": time(value["recordOpeningTime"]),
        "duration": value["duration"],
        "lane": "data",
        "units": units,
    }


def main():
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    length, at = struct.unpack(">II", data[:8])
    assert length == len(data)
    while at < len(data):
        size, kind = struct.unpack(">HB", data[at : at + 3])
        at += 5 if kind >> 5 == 7 else 4
        record, at = data[at : at + size], at + size
        print(json.dumps((charging_function if record[:2] == b"\xbf\x81" else packet_switched)(record)))


main()
