package org.craq.cluster;

/** Something on this machine kept the cluster from doing what was asked; the message is for people and says what to do. */
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

    /** Something was asked for that can't be, whatever the state of the machine. */
    static ClusterException wrongUsage(String message) {
        return new ClusterException(message, null, true);
    }

    /** True where the request was wrong, not the world. */
    public boolean isWrongUsage() {
        return wrongUsage;
    }
}
