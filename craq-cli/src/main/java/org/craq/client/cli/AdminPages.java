package org.craq.client.cli;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.craq.client.ChainInfo;
import org.craq.client.MemberInfo;
import org.craq.client.rest.Refused;
import org.craq.client.rest.Rest;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** Reads the administrative REST pages of a chain's members. */
final class AdminPages implements ReplicaComparison.Members {
    private static final Gson GSON = new Gson();

    private final Rest rest;
    private final Map<String, String> urls = new LinkedHashMap<>();

    AdminPages(ChainInfo chain, Rest rest) {
        this.rest = rest;
        chain.members().stream()
                .filter(MemberInfo::complete)
                .forEach(member -> urls.put(member.nodeId(), member.httpUrl()));
    }

    @Override
    public List<String> ids() {
        return List.copyOf(urls.keySet());
    }

    @Override
    public long commonMark() {
        return ids().stream()
                .mapToLong(member -> get(member, "/v1/admin/status")
                        .getAsJsonArray("chains")
                        .get(0)
                        .getAsJsonObject()
                        .get("commitMark")
                        .getAsLong())
                .min()
                .orElse(0);
    }

    @Override
    public ReplicaComparison.Page page(String member, long mark, String after, boolean rows) {
        return page(member, "mark=" + mark + "&after=" + Rest.encoded(after) + "&rows=" + rows);
    }

    @Override
    public String holding(String member, long mark, String name) {
        // Of all names that begin with this one, the name itself comes first.
        return page(member, "mark=" + mark + "&prefix=" + Rest.encoded(name) + "&limit=1&rows=true").rows().stream()
                .filter(row -> row.name().equals(name))
                .map(ReplicaComparison.Held::holding)
                .findFirst()
                .orElse("");
    }

    private ReplicaComparison.Page page(String member, String query) {
        JsonObject page = get(member, "/v1/admin/digest?" + query);
        return new ReplicaComparison.Page(
                page.get("files").getAsInt(),
                page.get("last").getAsString(),
                page.get("sha256").getAsString(),
                page.getAsJsonArray("rows").asList().stream()
                        .map(row -> GSON.fromJson(row, ReplicaComparison.Held.class))
                        .toList());
    }

    JsonObject get(String member, String path) {
        return send(member, urls.get(member), "GET", path);
    }

    /** Reads a page of any member, whether it is complete or not. */
    JsonObject get(MemberInfo member, String path) {
        return send(member.nodeId(), member.httpUrl(), "GET", path);
    }

    JsonObject post(String member, String path) {
        return send(member, urls.get(member), "POST", path);
    }

    private JsonObject send(String member, String url, String method, String path) {
        try {
            return rest.send(Rest.Call.of(member, method, url + path));
        } catch (Refused e) {
            boolean access = e.code() == ErrorCode.UNAUTHENTICATED || e.code() == ErrorCode.PERMISSION_DENIED;
            throw new CraqException(
                    access ? e.code() : ErrorCode.NOT_SERVING,
                    member + " answered " + e.status() + ": " + e.getMessage(),
                    e);
        }
    }
}
