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
 * Several changes that take effect together or not at all, at one point in time: who reads sees all of them or none. Steps are
 * collected, and {@link #commit} does them. They bring no bytes: put new content under names of your own first, then move it
 * to where it belongs. Each step sees the files as they were before all of them; no two may write the same file. Not
 * thread-safe.
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

    /** Gives the target the content of the source's newest version. */
    public Transaction copy(String source, String target) {
        return copy(source, target, CopyOptions.defaults());
    }

    /** As {@link #copy(String, String)}. The options' write id has no meaning here. */
    public Transaction copy(String source, String target, CopyOptions options) {
        return add(target, copyStep(source, target, options, false));
    }

    /** Gives the target the content of the source, and deletes the source. */
    public Transaction move(String source, String target) {
        return move(source, target, CopyOptions.defaults());
    }

    /** As {@link #move(String, String)}. The options' write id has no meaning here. */
    public Transaction move(String source, String target, CopyOptions options) {
        return add(target, copyStep(source, target, options, true));
    }

    /** Deletes the file, which must exist. */
    public Transaction delete(String name) {
        return delete(name, DeleteOptions.defaults());
    }

    /** As {@link #delete(String)}. The options' write id has no meaning here. */
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

    /** Has everything fail with {@code PRECONDITION_FAILED} unless this holds of a file. */
    public Transaction check(String name, Precondition precondition) {
        return add(
                name,
                Step.newBuilder()
                        .setCheck(CheckStep.newBuilder()
                                .setName(name)
                                .setPrecondition(WireValues.precondition(precondition)))
                        .build());
    }

    /** Makes the commit repeatable across calls: the same id is the same write. */
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
     * Does all steps.
     *
     * @return one receipt for each copy, move and deletion, in their order, all of the same version
     * @throws org.craq.wire.CraqException PRECONDITION_FAILED, NOT_FOUND, VERSION_PRUNED: nothing has changed
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
