package org.craq.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.v1.CheckStep;
import org.craq.wire.v1.CopyStep;
import org.craq.wire.v1.DeleteStep;
import org.craq.wire.v1.Labels;
import org.craq.wire.v1.Step;

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
    private final Writer writer;
    private final List<Step> steps = new ArrayList<>();
    private Optional<UUID> writeId = Optional.empty();
    private String first = "";

    Transaction(Writer writer) {
        this.writer = writer;
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
        return add(target, copyStep(source, target, options, false));
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
        return add(target, copyStep(source, target, options, true));
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
        if (options.version().isPresent()) {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT,
                    "a transaction deletes files, not old versions of them: '" + name + "'");
        }
        DeleteStep.Builder step = DeleteStep.newBuilder().setName(name);
        options.ifVersion()
                .map(Precondition.IfVersion::new)
                .map(WireValues::precondition)
                .ifPresent(step::setPrecondition);
        return add(name, Step.newBuilder().setDelete(step).build());
    }

    /**
     * Makes the transaction fail with {@code PRECONDITION_FAILED} unless this holds for a file.
     *
     * @throws org.craq.wire.CraqException INVALID_ARGUMENT when the name is invalid
     */
    public Transaction check(String name, Precondition precondition) {
        return add(
                name,
                Step.newBuilder()
                        .setCheck(CheckStep.newBuilder()
                                .setName(name)
                                .setPrecondition(WireValues.precondition(precondition)))
                        .build());
    }

    /** Makes the commit repeatable across calls: sent repeatedly under the same id, it takes effect once. */
    public Transaction withWriteId(UUID value) {
        writeId = Optional.of(value);
        return this;
    }

    private Transaction add(String name, Step step) {
        Names.check(name);
        first = first.isEmpty() ? name : first;
        steps.add(step);
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
        return writer.change("commit " + steps.size() + " changes", first, writeId, steps);
    }

    static Step copyStep(String source, String target, CopyOptions options, boolean removes) {
        Names.check(source);
        CopyStep.Builder step =
                CopyStep.newBuilder().setSource(source).setName(target).setRemovesSource(removes);
        options.sourceVersion().map(WireValues::version).ifPresent(step::setSourceVersion);
        options.precondition().map(WireValues::precondition).ifPresent(step::setPrecondition);
        options.labels()
                .map(labels -> Labels.newBuilder()
                        .setContentType(labels.contentType())
                        .putAllUserMetadata(Names.metadata(labels.userMetadata())))
                .ifPresent(step::setLabels);
        return Step.newBuilder().setCopy(step).build();
    }
}
