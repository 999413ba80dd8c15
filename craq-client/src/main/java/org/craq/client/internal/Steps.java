package org.craq.client.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.craq.client.CopyOptions;
import org.craq.client.DeleteOptions;
import org.craq.client.Precondition;
import org.craq.client.Receipt;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.v1.CheckStep;
import org.craq.wire.v1.CopyStep;
import org.craq.wire.v1.DeleteStep;
import org.craq.wire.v1.Labels;
import org.craq.wire.v1.Step;

/** Collects the steps of a transaction, and commits them. Not thread-safe. */
public final class Steps {
    private final Writer writer;
    private final List<Step> steps = new ArrayList<>();
    private String first = "";

    Steps(Writer writer) {
        this.writer = writer;
    }

    /**
     * Adds a copy.
     *
     * @param removes whether the source is deleted, too
     */
    public void copy(String source, String target, CopyOptions options, boolean removes) {
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
        add(target, Step.newBuilder().setCopy(step).build());
    }

    public void delete(String name, DeleteOptions options) {
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
        add(name, Step.newBuilder().setDelete(step).build());
    }

    public void check(String name, Precondition precondition) {
        add(
                name,
                Step.newBuilder()
                        .setCheck(CheckStep.newBuilder()
                                .setName(name)
                                .setPrecondition(WireValues.precondition(precondition)))
                        .build());
    }

    private void add(String name, Step step) {
        Names.check(name);
        first = first.isEmpty() ? name : first;
        steps.add(step);
    }

    public List<Receipt> commit(Optional<UUID> writeId) {
        return commit("commit " + steps.size() + " changes", writeId);
    }

    /** @param what describes the operation in the message of a failure */
    List<Receipt> commit(String what, Optional<UUID> writeId) {
        return writer.change(what, first, writeId, steps);
    }
}
