"""How to talk to each platform: one folder a platform, declared streams, nothing imported from the other rooms."""
