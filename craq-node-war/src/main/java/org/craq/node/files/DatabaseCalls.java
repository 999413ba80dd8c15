package org.craq.node.files;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Supplier;
import org.craq.node.metadata.RetriedReads;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** Calls the database for reads, and turns its failures into an error that tells users what to do. */
final class DatabaseCalls {
    private static final Logger LOG = System.getLogger(DatabaseCalls.class.getName());

    private DatabaseCalls() {}

    /**
     * Returns the result of a metadata query, which is retried as {@link RetriedReads} describes.
     *
     * @throws CraqException DATABASE_UNAVAILABLE when the database failed
     */
    static <T> T ask(Supplier<T> question) {
        try {
            return RetriedReads.repeated(question);
        } catch (CraqException e) {
            throw e;
        } catch (Exception e) {
            // This also catches the checked exceptions of a commit, which escape from methods that declare none.
            LOG.log(Level.WARNING, "the database did not answer", e);
            throw new CraqException(
                    ErrorCode.DATABASE_UNAVAILABLE,
                    "the node's database (data source jdbc/craq) did not answer; check that it is running, and see the node's log",
                    e);
        }
    }
}
