package org.craq.node.store;

import java.nio.ByteBuffer;

/** Bytes of a chunk that have been held against what was stored, with a checksum of their own. */
public record CheckedBytes(ByteBuffer bytes, int crc32c) {}
