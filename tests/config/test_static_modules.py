import re
import shutil

from django.conf import settings

from config.static import ModulesStorage


def test_modules_name_each_other_by_their_content(tmp_path):
    shutil.copytree(settings.BASE_DIR / "static/js/candidature", tmp_path / "js/candidature")
    storage = ModulesStorage(location=tmp_path, base_url="/static/")
    names = [str(path.relative_to(tmp_path)) for path in sorted(tmp_path.rglob("*.js"))]
    assert list(storage.post_process({name: (storage, name) for name in names}))
    section = (tmp_path / storage.stored_name("js/candidature/section.js")).read_text()
    named = {f"js/candidature/{name}" for name in re.findall(r'from "\./(.+?)"', section)}
    served = {storage.stored_name(name) for name in names}
    assert "js/candidature/saver.js" not in served
    assert storage.stored_name("js/candidature/saver.js") in named
    assert named <= served
