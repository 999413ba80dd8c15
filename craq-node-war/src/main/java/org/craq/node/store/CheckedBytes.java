package org.craq.node.store;

import java.nio.ByteBuffer;

/** Verified bytes of a chunk, with a checksum of their own. */
public record CheckedBytes(ByteBuffer bytes, int crc32c) {}
