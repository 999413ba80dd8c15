package org.craq.server.audit;

/** An answer that says which version of which file a change has made. */
public interface AuditedReceipt {
    /** Returns the name of the file. */
    String name();

    /** Returns the version. */
    String version();

    /** Returns the bytes of its content. */
    long length();
}
