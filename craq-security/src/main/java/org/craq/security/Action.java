package org.craq.security;

/** What a caller wants to do. The actions on files are granted by prefix, the others for the whole cluster only. */
public enum Action {
    /** Read a file, its versions and its attributes, and list it. */
    READ(true),
    /** Write a new version of a file. */
    WRITE(true),
    /** Delete a file; its versions are kept as long as retention says. */
    DELETE(true),
    /** Delete one old version of a file for good. */
    DELETE_VERSION(true),
    /** See and change chains, nodes, logs and checks of the store. */
    ADMINISTER(false),
    /** See and change users, keys and grants. */
    MANAGE_USERS(false),
    /** Read metrics. */
    READ_METRICS(false);

    private final boolean onFiles;

    Action(boolean onFiles) {
        this.onFiles = onFiles;
    }

    /** Returns whether this is an action on a named file. */
    public boolean isOnFiles() {
        return onFiles;
    }

    /** Returns the action in words that complete "must not ...". */
    public String words() {
        return switch (this) {
            case READ -> "read";
            case WRITE -> "write";
            case DELETE -> "delete";
            case DELETE_VERSION -> "delete single versions of";
            case ADMINISTER -> "administer the cluster";
            case MANAGE_USERS -> "manage users";
            case READ_METRICS -> "read metrics";
        };
    }
}
