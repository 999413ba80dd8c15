package org.craq.server.audit;

import java.time.Instant;

/**
 * One line of the audit trail, without what chains it to others. Empty texts and negative numbers mean that there is no
 * such value.
 *
 * @param time when the outcome was known
 * @param door the interface: rest, grpc, content; empty for what the server does by itself
 * @param action in one word, such as write or login
 * @param name of the file, node, user or path that the action is on
 * @param version of the file that was made
 * @param user who asked; node/ID for a node
 * @param method how the caller has proved who it is
 * @param key id of the access key
 * @param peer address of the caller
 * @param request the instance id that the answer's problem has
 * @param outcome OK or the error code
 * @param bytes of content
 * @param millis from the begin of the request to its outcome
 * @param detail what was changed, in words
 */
public record AuditRecord(
        Instant time,
        String door,
        String action,
        String name,
        String version,
        String user,
        String method,
        String key,
        String peer,
        String request,
        String outcome,
        long bytes,
        long millis,
        String detail) {
    /** The outcome of what succeeded. */
    public static final String OK = "OK";

    /** Returns the record of something that the server did by itself, or that was done to it. */
    public static AuditRecord ofServer(String action, String outcome, String detail) {
        return new AuditRecord(Instant.now(), "", action, "", "", "", "", "", "", "", outcome, -1, -1, detail);
    }
}
