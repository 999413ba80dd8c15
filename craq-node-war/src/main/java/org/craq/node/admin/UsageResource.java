package org.craq.node.admin;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.OptionalLong;
import org.craq.node.files.Quotas;
import org.craq.node.runtime.RunningNode;
import org.craq.server.access.Needs;

/** How much of each quota is used, as this node knows it; at the head that is what decides. */
@RequestScoped
@Needs
@Path("admin/usage")
public class UsageResource {
    @Inject
    private RunningNode running;

    /**
     * A quota. What is not limited or has not been counted yet is null.
     *
     * @param bytes what may be kept
     * @param usedBytes what is kept, and what writes in progress have reserved
     */
    public record QuotaUsage(String prefix, Long bytes, Long usedBytes, Long versions, Long usedVersions) {
        static QuotaUsage of(Quotas.Usage usage) {
            return new QuotaUsage(
                    usage.quota().prefix(),
                    number(usage.quota().bytes()),
                    usage.used().map(Quotas.Amount::bytes).orElse(null),
                    number(usage.quota().versions()),
                    usage.used().map(Quotas.Amount::versions).orElse(null));
        }

        private static Long number(OptionalLong limit) {
            return limit.isPresent() ? (Long) limit.getAsLong() : null;
        }
    }

    /** All quotas in the order of their prefixes. */
    public record UsageView(List<QuotaUsage> quotas) {}

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public UsageView usage() {
        return new UsageView(
                running.node().quotas().usage().stream().map(QuotaUsage::of).toList());
    }
}
