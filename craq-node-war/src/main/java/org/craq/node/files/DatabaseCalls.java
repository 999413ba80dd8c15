package org.craq.node.files;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Supplier;
import org.craq.node.metadata.RetriedReads;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** Says of a database that does not answer what users can do about it. */
final class DatabaseCalls {
    private static final Logger LOG = System.getLogger(DatabaseCalls.class.getName());

    private DatabaseCalls() {}

    /**
     * The result of a look into the metadata.
     *
     * @throws CraqException DATABASE_UNAVAILABLE when the database failed
     */
    static <T> T ask(Supplier<T> question) {
        try {
            return RetriedReads.repeated(question);
        } catch (CraqException e) {
            throw e;
        } catch (Exception e) {
            // Also the checked exceptions of a commit, which come through methods that declare none.
            LOG.log(Level.WARNING, "the database did not answer", e);
            throw new CraqException(
                    ErrorCode.DATABASE_UNAVAILABLE,
                    "the node's database (data source jdbc/craq) did not answer; check that it runs, and the node's log",
                    e);
        }
    }
}
