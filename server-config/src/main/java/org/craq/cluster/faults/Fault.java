package org.craq.cluster.faults;

/** The faults that are caused under load. */
enum Fault {
    HEAD_KILLED("kill -9 of the head"),
    MIDDLE_KILLED("kill -9 of the middle"),
    TAIL_KILLED("kill -9 of the tail"),
    HEAD_STOPPED("graceful stop of the head"),
    MIDDLE_STOPPED("graceful stop of the middle"),
    TAIL_STOPPED("graceful stop of the tail"),
    LEADER_KILLED("kill -9 of the leading manager");

    private final String text;

    Fault(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    boolean graceful() {
        return this == HEAD_STOPPED || this == MIDDLE_STOPPED || this == TAIL_STOPPED;
    }

    boolean ofManager() {
        return this == LEADER_KILLED;
    }

    /** Returns the position of the affected member in a chain of the given length. */
    int place(int length) {
        return switch (this) {
            case HEAD_KILLED, HEAD_STOPPED -> 0;
            case MIDDLE_KILLED, MIDDLE_STOPPED -> length / 2;
            case TAIL_KILLED, TAIL_STOPPED -> length - 1;
            case LEADER_KILLED -> throw new IllegalStateException("a manager has no place in a chain");
        };
    }
}
