package org.craq.node.store;

/**
 * What goes where.
 *
 * @param full bytes from which on a segment takes no more
 * @param shared contents up to this many bytes share a segment with others
 */
record SegmentSizes(long full, long shared) {
    static final SegmentSizes DEFAULT = new SegmentSizes(256L << 20, 256L << 10);
}
