package org.craq.node.metadata;

import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Repeats a lookup in the metadata after a transient failure: a serialization failure or deadlock (SQLSTATE 40001,
 * 40P01), a database that is shutting down (57P01), or a broken connection (08xxx). Lookups change nothing, so that is
 * safe.
 */
public final class RetriedReads {
    private static final int MAX_ATTEMPTS = 4;
    /** A failure that took longer than this is not treated as transient. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private RetriedReads() {}

    /** Returns the lookup's result, or throws the last failure unchanged. */
    public static <T> T repeated(Supplier<T> look) {
        long begun = System.nanoTime();
        for (int attempt = 1; ; attempt++) {
            try {
                return look.get();
            } catch (Exception e) {
                // Exception, as the checked exceptions of a commit come through methods that declare none.
                if (attempt == MAX_ATTEMPTS || System.nanoTime() - begun > PATIENCE_NANOS || !passing(e)) {
                    throw e;
                }
            }
        }
    }

    static boolean passing(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && passing(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    private static boolean passing(String state) {
        return state != null
                && (state.equals("40001") || state.equals("40P01") || state.equals("57P01") || state.startsWith("08"));
    }
}
