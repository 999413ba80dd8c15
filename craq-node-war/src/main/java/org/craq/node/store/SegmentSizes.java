package org.craq.node.store;

/**
 * Sizes that decide which segment a content goes to.
 *
 * @param full bytes at which a segment accepts no more records
 * @param shared contents of up to this many bytes share a segment with others
 */
record SegmentSizes(long full, long shared) {
    static final SegmentSizes DEFAULT = new SegmentSizes(256L << 20, 256L << 10);
}
