package org.craq.cluster;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Recognizes spare nodes, which are up and have nothing to serve: the chain has enough members without them, or an
 * administrator has removed them from it.
 */
public final class SpareNodes {
    private SpareNodes() {}

    /**
     * Returns true if the node has no place in any chain and will not get one in the current state.
     *
     * @param chains the manager's page of chains
     */
    public static boolean isSpare(JsonElement chains, String nodeId) {
        JsonArray all = chains.isJsonObject() ? array(chains.getAsJsonObject(), "chains") : new JsonArray();
        return !all.isEmpty() && stream(all).allMatch(chain -> doesWithout(chain.getAsJsonObject(), nodeId));
    }

    private static boolean doesWithout(JsonObject chain, String nodeId) {
        JsonObject wish = chain.getAsJsonObject("wish");
        JsonArray members = array(chain, "members");
        boolean formed = !members.isEmpty();
        boolean full = members.size() >= wish.get("length").getAsInt();
        boolean unwanted = stream(array(wish, "unwanted"))
                .anyMatch(node -> node.getAsString().equals(nodeId));
        return formed && (full || unwanted) && !holds(members, nodeId) && !holds(array(chain, "learners"), nodeId);
    }

    private static boolean holds(JsonArray places, String nodeId) {
        return stream(places)
                .anyMatch(place ->
                        place.getAsJsonObject().get("nodeId").getAsString().equals(nodeId));
    }

    private static JsonArray array(JsonObject object, String name) {
        JsonElement value = object.get(name);
        return value != null && value.isJsonArray() ? value.getAsJsonArray() : new JsonArray();
    }

    private static Stream<JsonElement> stream(JsonArray array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
