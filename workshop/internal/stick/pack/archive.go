package pack

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"
)

// archiveComment gives the comment in an archive, and nothing if it has none.
func archiveComment(name string) string {
	archive, err := zip.OpenReader(name)
	if err != nil {
		return ""
	}
	defer archive.Close()
	return archive.Comment
}

// writeArchive packs a folder, under the name top, with a comment.
func writeArchive(name, folder, top, comment string) (err error) {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	archive := zip.NewWriter(file)
	if err := archive.SetComment(comment); err != nil {
		return err
	}
	err = fs.WalkDir(os.DirFS(folder), ".", func(relative string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		return addFile(archive, path.Join(top, relative), filepath.Join(folder, filepath.FromSlash(relative)))
	})
	return errors.Join(err, archive.Close())
}

func addFile(archive *zip.Writer, name, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	header := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: info.ModTime().Truncate(2 * time.Second)}
	header.SetMode(info.Mode().Perm())
	to, err := archive.CreateHeader(header)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, file)
	return err
}
