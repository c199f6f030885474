// A small reader of zip archives, so that what the core wrote is judged by other code.
import { crc32 as crc32OfZlib, inflateRawSync } from 'node:zlib';

/** CRC-32 of a buffer; Node's own where it has one. @param {Buffer} bytes */
function crc32(bytes) {
    if (crc32OfZlib) return crc32OfZlib(bytes);
    let crc = ~0;
    for (const byte of bytes) {
        crc ^= byte;
        for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc >>> 0;
}

/**
 * Reads all entries through the central directory, checking sizes and checksums.
 * @param {Buffer} zip
 * @returns {{path: string, bytes: Buffer, mode: number, date: number, time: number, method: number}[]}
 */
export function readZip(zip) {
    const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
    if (end < 0) throw new Error('there is no end of central directory');
    const count = zip.readUInt16LE(end + 10);
    const entries = [];
    let at = zip.readUInt32LE(end + 16);
    for (let index = 0; index < count; index++) {
        if (zip.toString('latin1', at, at + 4) !== 'PK\x01\x02') throw new Error(`entry ${index} has no header`);
        const [method, time, date] = [zip.readUInt16LE(at + 10), zip.readUInt16LE(at + 12), zip.readUInt16LE(at + 14)];
        const [crc, packed, size] = [zip.readUInt32LE(at + 16), zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 24)];
        const [pathLength, extraLength, commentLength] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30), zip.readUInt16LE(at + 32)];
        const mode = zip.readUInt32LE(at + 38) >>> 16;
        const offset = zip.readUInt32LE(at + 42);
        const path = zip.toString('utf8', at + 46, at + 46 + pathLength);
        if (zip.toString('latin1', offset, offset + 4) !== 'PK\x03\x04') throw new Error(`${path} has no local header`);
        const begin = offset + 30 + zip.readUInt16LE(offset + 26) + zip.readUInt16LE(offset + 28);
        const raw = zip.subarray(begin, begin + packed);
        const bytes = method === 0 ? raw : inflateRawSync(raw);
        if (bytes.length !== size || crc32(bytes) !== crc) throw new Error(`${path} is damaged`);
        entries.push({ path, bytes, mode, date, time, method });
        at += 46 + pathLength + extraLength + commentLength;
    }
    return entries;
}
