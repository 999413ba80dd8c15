package org.craq.cluster;

/** A problem on this machine prevented an operation on the cluster. The message is for people and says what to do. */
public final class ClusterException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean wrongUsage;

    public ClusterException(String message) {
        this(message, null, false);
    }

    public ClusterException(String message, Throwable cause) {
        this(message, cause, false);
    }

    private ClusterException(String message, Throwable cause, boolean wrongUsage) {
        super(message, cause);
        this.wrongUsage = wrongUsage;
    }

    /** Creates the exception for a request that is impossible, whatever the state of the machine. */
    static ClusterException wrongUsage(String message) {
        return new ClusterException(message, null, true);
    }

    /** Returns true if the request itself was wrong. */
    public boolean isWrongUsage() {
        return wrongUsage;
    }
}
