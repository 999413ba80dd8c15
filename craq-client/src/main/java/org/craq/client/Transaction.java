package org.craq.client;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.craq.client.internal.Steps;

/**
 * Several changes that take effect atomically: a reader sees all of them or none. Steps are collected, and {@link #commit} applies them.
 * Steps carry no content: put new content under temporary names first, then move it to its place. Each step sees the files as they were
 * before the transaction; no two steps may write the same file. Not thread-safe.
 *
 * <pre>{@code
 * FileVersion seen = client.stat("index").version();
 * List<Receipt> receipts = client.transaction()
 *         .check("index", new Precondition.IfVersion(seen))
 *         .move("staging/index", "index")
 *         .delete("index.lock")
 *         .commit();
 * }</pre>
 */
public final class Transaction {
    private final Steps steps;
    private Optional<UUID> writeId = Optional.empty();

    Transaction(Steps steps) {
        this.steps = steps;
    }

    /**
     * Gives the target the content of the source's newest version.
     *
     * @throws org.craq.wire.CraqException INVALID_ARGUMENT when a name is invalid
     */
    public Transaction copy(String source, String target) {
        return copy(source, target, CopyOptions.defaults());
    }

    /** Adds a copy, like {@link #copy(String, String)}. The options' write id is ignored. */
    public Transaction copy(String source, String target, CopyOptions options) {
        steps.copy(source, target, options, false);
        return this;
    }

    /**
     * Gives the target the content of the source, and deletes the source.
     *
     * @throws org.craq.wire.CraqException INVALID_ARGUMENT when a name is invalid
     */
    public Transaction move(String source, String target) {
        return move(source, target, CopyOptions.defaults());
    }

    /** Adds a move, like {@link #move(String, String)}. The options' write id is ignored. */
    public Transaction move(String source, String target, CopyOptions options) {
        steps.copy(source, target, options, true);
        return this;
    }

    /**
     * Deletes the file, which must exist.
     *
     * @throws org.craq.wire.CraqException INVALID_ARGUMENT when the name is invalid
     */
    public Transaction delete(String name) {
        return delete(name, DeleteOptions.defaults());
    }

    /**
     * Adds a deletion, like {@link #delete(String)}. The options' write id is ignored.
     *
     * @throws org.craq.wire.CraqException INVALID_ARGUMENT when the options name an old version
     */
    public Transaction delete(String name, DeleteOptions options) {
        steps.delete(name, options);
        return this;
    }

    /**
     * Makes the transaction fail with {@code PRECONDITION_FAILED} unless this holds for a file.
     *
     * @throws org.craq.wire.CraqException INVALID_ARGUMENT when the name is invalid
     */
    public Transaction check(String name, Precondition precondition) {
        steps.check(name, precondition);
        return this;
    }

    /** Makes the commit repeatable across calls: sent repeatedly under the same id, it takes effect once. */
    public Transaction withWriteId(UUID value) {
        writeId = Optional.of(value);
        return this;
    }

    /**
     * Applies all steps atomically.
     *
     * @return one receipt for each copy, move and deletion, in their order, all with the same version
     * @throws org.craq.wire.CraqException PRECONDITION_FAILED, NOT_FOUND, VERSION_PRUNED: nothing has changed;
     *     WRITE_ID_REUSED, OUTCOME_UNKNOWN as for a put
     */
    public List<Receipt> commit() {
        return steps.commit(writeId);
    }
}
