package org.craq.node.uploads;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;
import org.craq.node.files.Quotas;
import org.craq.node.metadata.QuotaCounts;

/**
 * Counts what this node keeps under a prefix: users' files, and the parts of uploads that have not become files. The parts of others
 * are contents of their files.
 */
public final class KeptUnder implements Quotas.Counter {
    private final NodeId node;
    private final Supplier<ChainId> chain;
    private final QuotaCounts counts;

    /** Creates it for the one chain of a node. */
    public KeptUnder(NodeId node, Supplier<ChainId> chain, QuotaCounts counts) {
        this.node = node;
        this.chain = chain;
        this.counts = counts;
    }

    @Override
    public Quotas.Amount count(String prefix, Seq above, Seq upTo) {
        QuotaCounts.Stretch log = new QuotaCounts.Stretch(node, chain.get(), above, upTo);
        return new Quotas.Amount(counts.bytes(log, prefix) + parts(log, prefix), counts.versions(log, prefix));
    }

    private long parts(QuotaCounts.Stretch log, String prefix) {
        Map<String, Long> parts = counts.bytesByBeginning(log, UploadId.FOLDER, UploadId.PLAN_LENGTH);
        if (parts.isEmpty()) {
            return 0;
        }
        Map<FileName, Boolean> counted = new HashMap<>();
        counts.files(node, log.chain(), UploadId.FOLDER, UploadId.PLAN_LENGTH).forEach(version -> {
            UploadPlan plan = UploadPlan.of(version.userMetadata());
            boolean counts = !plan.complete() && plan.file().value().startsWith(prefix);
            counted.merge(version.name(), counts, Boolean::logicalAnd);
        });
        return counted.entrySet().stream()
                .filter(Map.Entry::getValue)
                .mapToLong(upload -> parts.getOrDefault(upload.getKey().value(), 0L))
                .sum();
    }
}
