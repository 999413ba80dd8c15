package org.craq.client.bench;

/** The workloads. Names, sizes and numbers of clients are fixed, so that results of different days can be compared. */
public enum Workload {
    W1("one stream in", Kind.WRITE, 1, 1L << 30),
    W2("streams in, all at once", Kind.WRITE, 16, 64L << 20),
    W3("new small files, each durable before the next", Kind.WRITE, 16, 64L << 10),
    R1("one stream out", Kind.READ, 1, 1L << 30),
    R2("random 64 KiB ranges of one file", Kind.READ_RANGES, 16, 1L << 30),
    R3("streams out, all at once", Kind.READ, 16, 64L << 20);

    /** Size of a range in bytes. */
    public static final int RANGE_BYTES = 64 << 10;

    /** What one operation transfers: a new file, an existing file, or a range at a random multiple of its size. */
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

    /** Returns a short description. */
    public String text() {
        return text;
    }

    Kind kind() {
        return kind;
    }

    /** Returns the default number of concurrent clients. */
    public int clients() {
        return clients;
    }

    /** Returns the default size of each file in bytes. */
    public long size() {
        return size;
    }

    /** Returns the number of files that must exist before the measurement. */
    int filesRead(int actualClients) {
        return switch (kind) {
            case WRITE -> 0;
            case READ -> actualClients;
            case READ_RANGES -> 1;
        };
    }

    /** Returns true if the rate is measured in operations per second, false if in bytes per second. */
    public boolean small() {
        return this == W3 || this == R2;
    }
}
