package org.craq.client.bench;

/** What is measured. The names, sizes and numbers of clients are fixed, so that figures of different days can be compared. */
public enum Workload {
    W1("one stream in", Kind.WRITE, 1, 1L << 30),
    W2("streams in, all at once", Kind.WRITE, 16, 64L << 20),
    W3("new small files, each durable before the next", Kind.WRITE, 16, 64L << 10),
    R1("one stream out", Kind.READ, 1, 1L << 30),
    R2("random 64 KiB ranges of one file", Kind.READ_RANGES, 16, 1L << 30),
    R3("streams out, all at once", Kind.READ, 16, 64L << 20);

    /** Bytes of a range. */
    public static final int RANGE_BYTES = 64 << 10;

    /** What one operation does: a whole new file, a whole file, or a range at a random multiple of its size. */
    enum Kind {
        WRITE,
        READ,
        READ_RANGES
    }

    private final String text;
    private final Kind kind;
    private final int clients;
    private final long size;

    Workload(String text, Kind kind, int clients, long size) {
        this.text = text;
        this.kind = kind;
        this.clients = clients;
        this.size = size;
    }

    /** What it does, in a few words. */
    public String text() {
        return text;
    }

    Kind kind() {
        return kind;
    }

    /** Operations under way at once, unless something else is asked for. */
    public int clients() {
        return clients;
    }

    /** Bytes of each file, unless something else is asked for. */
    public long size() {
        return size;
    }

    /** Files that must be there before it begins. */
    int filesRead(int actualClients) {
        return switch (kind) {
            case WRITE -> 0;
            case READ -> actualClients;
            case READ_RANGES -> 1;
        };
    }

    /** True where rate means operations in a second, false where it means bytes. */
    public boolean small() {
        return this == W3 || this == R2;
    }
}
